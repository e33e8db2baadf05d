import nunjucks from 'nunjucks';
console.log(nunjucks.renderString('{% for x in list %}{{ loop.index }}:{{ x | upper }} {% endfor %}{{ raw }}', { list: ['a', 'b'], raw: '<i>' }));
