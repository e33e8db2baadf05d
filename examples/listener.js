// The older form of a handler, as service workers have it: no exports, a listener for `fetch`.
//
//   curl -d 'some text' http://127.0.0.1:8080/listener

addEventListener('fetch', (event) => {
  event.respondWith(handle(event.request));
});

async function handle(request) {
  const text = await request.text();
  const words = text.split(/\s+/).filter(Boolean);
  return Response.json({ characters: [...text].length, words: words.length, longest: longest(words) });
}

function longest(words) {
  return words.reduce((best, word) => (word.length > best.length ? word : best), '');
}
