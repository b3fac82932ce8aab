// Integer arithmetic in a loop, short enough for an interpreter whose memory limit counts every number it allocates.
import { script, ok } from "mik-sdk";

export default script(async () => {
  let sum = 0;
  for (let i = 0; i < 100_000; i++) {
    sum = (sum + i * 7) % 1_000_003;
  }
  return ok({ result: sum });
});
