import pino from 'pino';
const lines = [];
const logger = pino({ base: { app: 'x' }, timestamp: false, redact: ['user.password'], serializers: { err: (error) => error.message } }, { write: (line) => lines.push(line.trimEnd()) });
logger.info({ user: { name: 'a', password: 'b' } }, 'login %d', 5);
logger.child({ request: 1 }).error(new Error('broken'));
logger.debug('unseen');
console.log(lines, logger.isLevelEnabled('warn'), pino.levels.labels[30]);
pino({ timestamp: false, base: null }).warn('to stdout');
