// Calls and additions.
import { script, ok } from "mik-sdk";

const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));

export default script(async () => ok({ result: fib(22) }));
