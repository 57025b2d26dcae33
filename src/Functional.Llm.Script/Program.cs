using System.Runtime.CompilerServices;

namespace Functional.Llm.ScriptHost;

static class Program
{
    const int Failed = 1, WrongUsage = 2;

    const string Usage = "Usage: dotnet script FILE.csx [--] [ARGUMENTS]";

    const string Help = $"""
        {Usage}

        Compiles a C# script, keeps the result in the user's cache folder, and runs it.
        What follows the file reaches the script as Args; the first -- is left out.

          #r "path.dll"      references an assembly; the dlls beside it are found by themselves
          #load "file.csx"   includes another script (both paths are relative to the file that states them)
          return n;          ends with exit code n

        Exit codes: the script's own; 1 when it does not compile or throws; 2 for wrong usage.

        Example: dotnet script hello.csx -- Ada --count 3
        """;

    static int Main(string[] args)
    {
        switch (args)
        {
            case []:
                return Wrong("no script file was given");
            case ["--help" or "-h" or "-?", ..]:
                Console.WriteLine(Help);
                return 0;
            case ["--version", ..]:
                Console.WriteLine(typeof(Program).Assembly.GetName().Version!.ToString(3));
                return 0;
            case [['-', ..] option, ..]:
                return Wrong($"unknown option {option}; options for the script stand after its file");
            case [var file, ..] when !File.Exists(file):
                return Wrong($"no such file: {Path.GetFullPath(file)}");
            default:
                return Run(Path.GetFullPath(args[0]), WithoutSeparator(args.AsSpan(1)));
        }
    }

    static int Run(string path, string[] args)
    {
        try
        {
            var script = new ScriptFiles(path);
            var image = Cache.Read(script.Key) ?? Compile(script);
            return image is null ? Failed : Runner.Run(image, script.References, args);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"dotnet script: {path} cannot be read: {error.Message}");
            return Failed;
        }
    }

    // Not inlined, so that the compiler's assemblies are loaded only when a script has to be compiled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static byte[]? Compile(ScriptFiles script)
    {
        var image = Compiler.Compile(script, Console.Error);
        if (image is not null)
            Cache.Write(script.Key, image);
        return image;
    }

    static string[] WithoutSeparator(ReadOnlySpan<string> args) =>
        args.IndexOf("--") is var at and >= 0 ? [.. args[..at], .. args[(at + 1)..]] : args.ToArray();

    static int Wrong(string what)
    {
        Console.Error.WriteLine($"dotnet script: {what}");
        Console.Error.WriteLine($"{Usage}; more with dotnet script --help");
        return WrongUsage;
    }
}
