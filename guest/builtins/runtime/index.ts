// The runtime: how a program is loaded, called and ended.

import './modules';
import './load';
import './request';
