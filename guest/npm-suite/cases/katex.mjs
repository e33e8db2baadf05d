import katex from 'katex';
console.log(katex.renderToString('\\int_0^1 \\frac{x^2}{\\sqrt{1-x}}\\,dx = \\sum_{n} a_n', { output: 'mathml', displayMode: true }));
console.log(katex.renderToString('x^{2', { throwOnError: false, output: 'mathml' }).slice(0, 120), katex.renderToString('\\alpha').length);
