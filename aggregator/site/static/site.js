// What makes pages more comfortable; every one of them works without.
"use strict";
