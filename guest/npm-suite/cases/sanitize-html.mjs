import sanitize from 'sanitize-html';
console.log(sanitize('<p onclick="x()">ok <script>bad()</script><a href="javascript:1">l</a> <a href="https://x.y" target="_blank">m</a><img src=x onerror=y><b>b', { allowedTags: [...sanitize.defaults.allowedTags, 'img'], transformTags: { b: 'strong', a: (name, attributes) => ({ tagName: 'a', attribs: { ...attributes, rel: 'nofollow' } }) } }));
