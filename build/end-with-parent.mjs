/**
 * Loaded into the lab by run.mjs (`--import`): when the process that started it is gone, even by
 * `kill -9`, the channel between them closes and the lab ends as if it had been asked to.
 */
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
