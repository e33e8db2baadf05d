// Node's own modules and globals.

import './process';
import './module';
import './async_hooks';
import './assert';
import './buffer';
import './diagnostics_channel';
import './events';
import './fs';
import './os';
import './path';
import './punycode';
import './querystring';
import './stream';
import './string_decoder';
import './timers';
import './url';
import './util';
import './unsupported';
import './vm';
