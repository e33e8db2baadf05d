// Packages without types of their own: what is used of them.

declare module 'readable-stream/lib/stream.js' {
  const Stream: any;
  export default Stream;
}
declare module 'readable-stream/lib/stream/promises.js' {
  const promises: any;
  export default promises;
}
declare module 'readable-stream/lib/internal/streams/utils.js' {
  const utils: any;
  export default utils;
}
declare module 'punycode/punycode.es6.js' {
  const punycode: any;
  export default punycode;
}
declare module '@pkgjs/parseargs' {
  export const parseArgs: any;
}
