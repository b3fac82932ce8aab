// AssemblyScript cannot call an export "wasi:http/incoming-handler@0.2.0#handle"; the finished module can.
import { Transform } from "assemblyscript/transform";

export default class ExportHandler extends Transform {
  afterCompile(module) {
    const { value } = this.binaryen.getExportInfo(module.getExport("handle"));
    module.addFunctionExport(value, "wasi:http/incoming-handler@0.2.0#handle");
    module.removeExport("handle");
  }
}
