import { parseHTML } from 'linkedom';
const { document, CustomEvent, customElements, HTMLElement } = parseHTML('<!doctype html><html><body><ul id="l"><li class="a">1</li></ul></body></html>');
customElements.define('my-tag', class extends HTMLElement { connectedCallback() { this.textContent = 'mine'; } });
const list = document.querySelector('#l');
list.append(document.createElement('my-tag'));
list.insertAdjacentHTML('beforeend', '<li class="b">2 &amp; 3</li>');
list.addEventListener('ping', (event) => console.log(event.type, event.detail, event.target.tagName));
list.lastElementChild.dispatchEvent(new CustomEvent('ping', { bubbles: true, detail: 5 }));
console.log(document.toString(), [...document.querySelectorAll('li:not(.a)')].map((item) => item.textContent));
