import ejs from 'ejs';
console.log(ejs.render('<% for (const x of list) { %><li><%= x %></li>\n<% } %><%- raw %>', { list: ['a', '<b>'], raw: '<i>' }));
