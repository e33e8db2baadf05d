import * as cheerio from 'cheerio';
const $ = cheerio.load('<ul class="l"><li>One</li><li data-x="2">Two &amp; three</li></ul>');
$('li').first().addClass('first').after('<li>new</li>');
console.log($('li').map((_, item) => $(item).text()).get(), $('[data-x]').attr(), $.html('ul'));
