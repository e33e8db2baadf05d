// A function of several files: ES modules, a CommonJS helper, and pages that are imported as text. Nothing is read at
// run time: the pages are rendered once, when the function is deployed, and are in its image before the first request.
//
//   curl http://127.0.0.1:8080/site
//   curl http://127.0.0.1:8080/site/about

import layout from '../pages/layout.html';
import home from '../pages/home.md';
import about from '../pages/about.md';
import { render } from './markdown.cjs';

const pages = new Map([
  ['/site', page('Home', home)],
  ['/site/about', page('About', about)],
]);

export default {
  fetch(request) {
    const path = new URL(request.url).pathname.replace(/\/$/, '');
    const found = pages.get(path);
    const html = found ?? page('Not found', '# Not found\n\nGo [home](/site).');
    return new Response(html, {
      status: found ? 200 : 404,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
  },
};

function page(title, markdown) {
  // Functions as replacements: a `$` in a page has no meaning of its own.
  return layout.replace('{{title}}', () => title).replace('{{content}}', () => render(markdown));
}
