import { firstValueFrom, from, interval, merge, of } from 'rxjs';
import { bufferCount, concatMap, delay, map, scan, take, toArray } from 'rxjs/operators';
console.log(await firstValueFrom(from([1, 2, 3, 4, 5]).pipe(map((x) => x * x), scan((a, b) => a + b), bufferCount(2), toArray())));
console.log(await firstValueFrom(merge(interval(2).pipe(take(2)), of('late').pipe(delay(300))).pipe(concatMap((x) => of(x, x)), toArray())));
