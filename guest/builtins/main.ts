// The built-ins: each line installs a folder. The order matters where one folder's install code uses what
// another defines; runtime comes last, since it takes the events that run user code.

import './runtime/errors';
import './node';
import './runtime';
