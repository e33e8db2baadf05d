// holm run --limit source_bytes=16MiB --memory-mib 256
import { JSDOM, VirtualConsole } from 'jsdom';
const dom = new JSDOM('<!doctype html><form><input name="a" value="1"><select name="b"><option selected>x</select></form><p>text</p>', { url: 'https://example.test/page?q=1' });
const { document, FormData, Event, location } = dom.window;
document.querySelector('p').addEventListener('click', (event) => { event.target.innerHTML += '<b>!</b>'; });
document.querySelector('p').dispatchEvent(new Event('click'));
console.log([...new FormData(document.forms[0])], document.querySelector('p').outerHTML, location.search, dom.serialize().length, document.cookie = 'a=b', document.cookie);
