// What a script costs that calls nobody.
import { script, ok } from "mik-sdk";

export default script(async (req) => ok({ sku: req.body.sku, calls: 0 }));
