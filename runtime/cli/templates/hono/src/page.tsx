/** The page at `/`. */
export const Page = ({ name }: { name: string }) => (
  <html lang="en">
    <head>
      <title>Hello</title>
    </head>
    <body>
      <h1>Hello, {name}!</h1>
    </body>
  </html>
);
