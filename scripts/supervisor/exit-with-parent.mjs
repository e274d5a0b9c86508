/**
 * Preloaded into every child: when the supervisor is gone, however it went, nothing stays behind. Children that have work
 * to hand over do so when the channel closes; this is the end of the patience with them.
 */
process.on('disconnect', () => setTimeout(() => process.exit(1), 10_000).unref());
// Listening would keep a child alive that is done, such as the migrations.
process.channel?.unref();
// Output has no reader then; a failed write must not cut the handing over short.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
