// Whether the process in this container still answers.
const response = await fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).catch(() => undefined);
process.exit(response && response.status < 500 ? 0 : 1);
