using Mik.Scripting;

namespace Mik.Server.Tenants;

/// <summary>Names the tenant with each line that a script of its writes.</summary>
/// <param name="tenant">The tenant's name.</param>
/// <param name="console">Takes the lines.</param>
internal sealed class TenantConsole(string tenant, IScriptConsole console) : IScriptConsole
{
    public void Write(ScriptLogLevel level, string scriptName, string requestId, string message) =>
        console.Write(level, $"{tenant}/{scriptName}", requestId, message);
}
