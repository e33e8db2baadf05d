// holm run --limit source_bytes=16MiB --memory-mib 256
import * as sass from 'sass';
console.log(sass.compileString('@use "sass:math"; @use "sass:color"; $w: 10px; @mixin m($a...) { margin: $a } .a { width: math.div($w, 3); &:hover .b { @include m(1px, 2px); color: color.adjust(#112233, $lightness: 10%) } @for $i from 1 through 2 { .n#{$i} { top: $i * 1em } } }', { style: 'compressed' }).css);
try { sass.compileString('a { b: $none }'); } catch (error) { console.log(error.sassMessage, error.span.start); }
