// Node's own modules and globals.

import './process';
import './module';
import './assert';
import './buffer';
import './events';
import './fs';
import './os';
import './path';
import './querystring';
import './timers';
import './url';
import './util';
