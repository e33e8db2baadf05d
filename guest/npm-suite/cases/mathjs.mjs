import { derivative, evaluate, format, matrix, multiply, simplify } from 'mathjs';
console.log(evaluate('12.7 cm to inch').toString(), evaluate('det([-1, 2; 3, 1])'), format(evaluate('1/3 + 2i'), 4));
console.log(derivative('x^2 + sin(x)', 'x').toString(), simplify('2 * 3 * x^2 / x').toString(), multiply(matrix([[1, 2], [3, 4]]), [5, 6]).toString());
