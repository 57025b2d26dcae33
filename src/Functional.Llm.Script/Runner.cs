using System.Reflection;
using System.Runtime.Loader;

namespace Functional.Llm.ScriptHost;

/// <summary>Runs a compiled script in this process.</summary>
static class Runner
{
    /// <summary>The script's exit code; 1 after an exception, which is reported on standard error with the script's lines.</summary>
    public static int Run(byte[] image, IReadOnlyList<string> references, string[] args)
    {
        // An exception on another thread ends the process like one on the script's own.
        AppDomain.CurrentDomain.UnhandledException += (_, thrown) => Environment.Exit(Report(thrown.ExceptionObject));
        var script = new ScriptContext(references).LoadFromStream(new MemoryStream(image));
        var start = script.GetType(Compiler.ScriptClass)!.GetMethod("<Factory>")!.CreateDelegate<Func<object?[], Task<int>>>();
        try
        {
            return start([new ScriptGlobals([.. args]), null]).GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever a script throws is reported.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Report(error);
        }
    }

    // The runtime's own text, less the host's frames, with positions as path:line.
    static int Report(object error)
    {
        foreach (var line in $"{error}".Split('\n'))
            if (!line.Contains(" Functional.Llm.ScriptHost.", StringComparison.Ordinal)
                && !line.StartsWith("--- End of", StringComparison.Ordinal))
                Console.Error.WriteLine(line.TrimEnd().Replace(":line ", ":", StringComparison.Ordinal));
        return 1;
    }

    // The script's own assemblies: referenced ones, and those beside them. The framework's and the host's stay shared.
    sealed class ScriptContext(IReadOnlyList<string> references) : AssemblyLoadContext("script")
    {
        static readonly string Host = typeof(ScriptContext).Assembly.GetName().Name!;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var name = assemblyName.Name!;
            if (name == Host || AssemblyFiles.InFramework(name) is not null)
                return null;
            foreach (var reference in references)
                if (Path.GetFileNameWithoutExtension(reference) == name && File.Exists(reference))
                    return LoadFromAssemblyPath(reference);
            foreach (var reference in references)
                if (AssemblyFiles.Beside(reference, name) is { } beside)
                    return LoadFromAssemblyPath(beside);
            return null;
        }
    }
}
