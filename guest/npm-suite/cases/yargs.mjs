import yargs from 'yargs';
const cli = () => yargs().scriptName('tool').exitProcess(false).showHelpOnFail(false).fail((message, error) => { throw error ?? new Error(message); })
  .command('serve [port]', 'serves', (y) => y.positional('port', { type: 'number', default: 80 }), (argv) => console.log('port', argv.port, argv.verbose)).option('verbose', { alias: 'v', type: 'count' }).option('size', { choices: ['s', 'm'] }).demandCommand(1).strict();
for (const line of ['serve 8080 -vv', 'serve', 'serve --size x', 'serve --bogus', '']) try { await cli().parse(line); } catch (error) { console.log(error.message); }
console.log(await cli().getHelp());
