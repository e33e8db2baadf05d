// Work that runs at set times, and the same work on demand: `scheduled` is called for a schedule, `fetch` for
// a request.
//
//   curl 'http://127.0.0.1:8080/schedule?at=2026-03-01T06:00:00Z'

export default {
  async scheduled(controller) {
    console.log(report(new Date(controller.scheduledTime)), `(${controller.cron})`);
  },

  fetch(request) {
    const given = new URL(request.url).searchParams.get('at');
    const at = given === null ? new Date() : new Date(given);
    if (Number.isNaN(at.getTime())) return new Response('`at` is not a date\n', { status: 400 });
    return new Response(`${report(at)}\n`);
  },
};

/** How far the year has come. */
function report(now) {
  const start = Date.UTC(now.getUTCFullYear(), 0, 1);
  const end = Date.UTC(now.getUTCFullYear() + 1, 0, 1);
  const done = (now.getTime() - start) / (end - start);
  const bar = '#'.repeat(Math.round(done * 20)).padEnd(20, '.');
  return `${now.getUTCFullYear()} [${bar}] ${(done * 100).toFixed(1)} %`;
}
