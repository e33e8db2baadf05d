// Node's own modules and globals.

import './process';
import './module';
