using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Functional.Llm.ScriptHost;

/// <summary>Script files → one assembly with its line numbers embedded. Nothing else uses the compiler's assemblies.</summary>
static class Compiler
{
    /// <summary>The name of the class that a script becomes: none that a script or a library could mean.</summary>
    public const string ScriptClass = "Submission#0";

    static readonly string[] Imports =
    [
        "System", "System.IO", "System.Collections.Generic", "System.Console", "System.Diagnostics", "System.Dynamic",
        "System.Linq", "System.Linq.Expressions", "System.Text", "System.Threading.Tasks",
    ];

    const string PackageHelp =
        "A script cannot download packages. Add the package to a project, build that, and reference the dll in its output folder: "
        + "#r \"bin/Release/net10.0/Name.dll\".";

    // Differences in the version that an assembly was built against; the running script takes the one that is there.
    static readonly Dictionary<string, ReportDiagnostic> Ignored = new()
    {
        ["CS1701"] = ReportDiagnostic.Suppress,
        ["CS1702"] = ReportDiagnostic.Suppress,
    };

    /// <summary>The assembly's bytes, or null when the script has errors.</summary>
    /// <remarks>Errors and warnings go to the log as path(line,col): error CS….</remarks>
    public static byte[]? Compile(ScriptFiles files, TextWriter log)
    {
        var text = files.Source(files.Path)!;
        var compilation = CSharpCompilation.CreateScriptCompilation(
            Path.GetFileName(files.Path),
            CSharpSyntaxTree.ParseText(
                SourceText.From(text, text.Length),
                new CSharpParseOptions(LanguageVersion.CSharp14, kind: SourceCodeKind.Script),
                files.Path),
            AssemblyFiles.Framework.Append(typeof(ScriptGlobals).Assembly.Location).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                scriptClassName: ScriptClass,
                usings: Imports,
                optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true,
                specificDiagnosticOptions: Ignored,
                sourceReferenceResolver: new SourceResolver(files),
                metadataReferenceResolver: new ReferenceResolver()),
            returnType: typeof(int),
            globalsType: typeof(ScriptGlobals));
        using var image = new MemoryStream();
        var result = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        foreach (var message in Messages(result.Diagnostics))
            log.WriteLine(message);
        return result.Success ? image.ToArray() : null;
    }

    // A package that was asked for explains all other errors.
    static IEnumerable<Diagnostic> Messages(ImmutableArray<Diagnostic> diagnostics) =>
        diagnostics.Where(AsksForPackage).ToArray() is { Length: > 0 } packages
            ? packages.Select(package => Diagnostic.Create(
                new DiagnosticDescriptor(package.Id, "", PackageHelp, "", DiagnosticSeverity.Error, isEnabledByDefault: true), package.Location))
            : diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    static bool AsksForPackage(Diagnostic diagnostic) =>
        diagnostic.Severity == DiagnosticSeverity.Error
        && diagnostic.Location is { SourceTree: { } tree, SourceSpan: var span }
        && tree.GetText().ToString(span).Contains("\"nuget:", StringComparison.OrdinalIgnoreCase);

    // Gives the compiler the bytes that the key was made of, even if a file has changed since.
    sealed class SourceResolver(ScriptFiles files) : SourceFileResolver([], Path.GetDirectoryName(files.Path))
    {
        public override Stream OpenRead(string resolvedPath) =>
            files.Source(resolvedPath) is { } bytes ? new MemoryStream(bytes, writable: false) : base.OpenRead(resolvedPath);
    }

    sealed class ReferenceResolver : MetadataReferenceResolver
    {
        public override bool ResolveMissingAssemblies => true;

        public override ImmutableArray<PortableExecutableReference> ResolveReference(
            string reference, string? baseFilePath, MetadataReferenceProperties properties)
        {
            var path = ScriptFiles.Resolve(reference, baseFilePath!);
            var name = File.Exists(path) ? Path.GetFileNameWithoutExtension(path) : reference;
            return (AssemblyFiles.InFramework(name) ?? path) is var found && File.Exists(found)
                ? [MetadataReference.CreateFromFile(found, properties)]
                : [];
        }

        public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity) =>
            definition is PortableExecutableReference { FilePath: { } file }
            && AssemblyFiles.Beside(file, referenceIdentity.Name) is { } path
                ? MetadataReference.CreateFromFile(path)
                : null;

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => 0;
    }
}
