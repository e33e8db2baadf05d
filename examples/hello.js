// The smallest function: a request comes in, a response goes out.
//
//   curl http://127.0.0.1:8080/hello?name=Ada

export default {
  fetch(request) {
    const name = new URL(request.url).searchParams.get('name') || 'world';
    return new Response(`Hello, ${name}!\n`);
  },
};
