// Node's own modules and globals.

import './process';
import './module';
import './async_hooks';
import './assert';
import './buffer';
import './console';
import './constants';
import './diagnostics_channel';
import './events';
import './fs';
import './http';
import './os';
import './path';
import './perf_hooks';
import './punycode';
import './querystring';
import './readline';
import './stream';
import './string_decoder';
import './timers';
import './tty';
import './url';
import './util';
import './unsupported';
import './v8';
import './vm';
