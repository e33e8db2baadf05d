import { Chalk } from 'chalk';
const chalk = new Chalk({ level: 3 });
console.log(JSON.stringify(chalk.red.bold('a', chalk.hex('#00ff88')('b'))));
