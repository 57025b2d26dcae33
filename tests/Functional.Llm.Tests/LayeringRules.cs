using System.Text.RegularExpressions;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>A lower folder never names a type of a higher one.</summary>
public sealed partial class LayeringRules
{
    static readonly string[] Everything =
        ["Numerics", "Calculus", "Layers", "Models", "Training", "Text", "Data", "Storage", "Inference", "Pretraining", "Charts", "Scripts"];

    /// <summary>The folders whose types each folder may name, besides its own. A new folder has to be entered here.</summary>
    static readonly Dictionary<string, string[]> MayName = new(StringComparer.Ordinal)
    {
        ["Numerics"] = [],
        ["Calculus"] = ["Numerics"],
        ["Layers"] = ["Numerics", "Calculus"],
        ["Models"] = ["Numerics", "Calculus", "Layers", "Storage"],
        ["Training"] = ["Numerics", "Calculus", "Data", "Storage"],
        ["Inference"] = ["Numerics", "Calculus", "Layers", "Models", "Text", "Storage"],
        ["Pretraining"] = ["Numerics", "Calculus", "Layers", "Models", "Training", "Text", "Data", "Storage", "Inference"],
        ["Storage"] = ["Numerics", "Calculus"],
        ["Text"] = ["Data", "Storage"],
        ["Data"] = ["Storage"],
        ["Charts"] = ["Storage"],
        ["Scripts"] = Everything,
    };

    /// <summary>Types that know no tensor, and may be named everywhere.</summary>
    static readonly string[] Common = ["FunctionalLlmException", "Key", "Parallelism", "Workers"];

    static readonly IReadOnlyList<CodeFile> Sources = CodeFile.Below("src/Functional.Llm");

    static string FolderOf(CodeFile file) => file.Path.Split('/')[2];

    /// <summary>The types that files declare: those of the top level, or nested ones too.</summary>
    static IEnumerable<string> Declared(IEnumerable<CodeFile> files, bool nested = false) =>
        files.SelectMany(file => Declaration().Matches(file.Code)).Where(match => nested || match.Groups["indent"].Length == 0)
            .Select(match => match.Groups["name"].Value).Except(Common).Distinct();

    /// <summary>A name where a type stands: not after a dot, and not as the name of a member, parameter or enumeration's member.</summary>
    static Regex Use(string type) => new(
        $@"(?<![\w.]){type}(?=<|\?\W|\[\]|\.\w|\s*>|\s+(?!is\b|as\b|and\b|or\b|when\b|in\b|with\b|switch\b|where\b)\w)"
        + $@"|(?<=[<(]){type}(?=\s*,)|(?<=\(|,\s){type}(?=\))|\b(?:new|is|as)\s+{type}\b|\b(?:nameof|typeof)\({type}\b|:\s*{type}\b",
        RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));

    public static TheoryData<string> Folders => [.. Sources.Select(FolderOf).Distinct()];

    [Theory, MemberData(nameof(Folders))]
    public void A_folder_names_no_type_of_a_higher_one(string folder)
    {
        Assert.True(MayName.ContainsKey(folder), $"The folder {folder} is new: enter it here, with the folders that it stands on.");
        var own = Declared(Sources.Where(file => FolderOf(file) == folder), nested: true);
        var above = Declared(Sources.Where(file => FolderOf(file) != folder && !MayName[folder].Contains(FolderOf(file)))).Except(own).Select(type => (Name: type, Use: Use(type))).ToArray();
        // Most types occur in no other folder, which a plain search sees at once.
        var found = Sources.Where(file => FolderOf(file) == folder)
            .SelectMany(file => above.Where(type => file.Code.Contains(type.Name, StringComparison.Ordinal)).SelectMany(type => file.Find(type.Use))).ToArray();
        Assert.True(found.Length == 0, $"{folder} may name types of {string.Join(", ", MayName[folder])} only.\n{string.Join('\n', found)}");
    }

    [Fact]
    public void Every_folder_declares_types() =>
        Assert.All(Sources.Select(FolderOf).Distinct(), folder => Assert.NotEmpty(Declared(Sources.Where(file => FolderOf(file) == folder))));

    [Fact]
    public void Declarations_are_found()
    {
        var file = new CodeFile("a.cs", """
            public sealed partial class A<T> : B;
            readonly record struct C(int D);
            public delegate (Y Value, Pullback<Y, (P Parameters, X Input)> Pullback) E<P, X, Y>(P parameters, X input);
            interface F
            {
                enum G { H }
            }
            """);
        Assert.Equal(["A", "C", "E", "F"], Declared([file]));
        Assert.Equal(["A", "C", "E", "F", "G"], Declared([file], nested: true));
    }

    [Theory]
    [InlineData("Axis axis = x;", true), InlineData("void F(Axis a)", true), InlineData("List<Axis> a;", true), InlineData("Axis.Of(1)", true), InlineData("new Axis(1)", true)]
    [InlineData("class A : Axis", true), InlineData("Map<int, Axis> a", true), InlineData("Axis? a = null;", true), InlineData("Axis[] a", true), InlineData("return x is Axis;", true)]
    [InlineData("static Axis F() => x;", true), InlineData("(Axis, int) F()", true), InlineData("(int, Axis) F()", true), InlineData("typeof(Axis)", true)]
    [InlineData("shape.Axis(1)", false), InlineData("int Axis(int i)", false), InlineData("Axis(1) + 2", false), InlineData("int Axis => 1;", false), InlineData("(int Axis, int B)", false)]
    [InlineData("enum A\n{\n    Axis,\n    B\n}", false), InlineData("Axis is null ? 1 : 2", false), InlineData("F(int B, int Axis)", false), InlineData("Axis[0]", false)]
    public void A_type_is_told_from_a_member_of_the_same_name(string code, bool type) => Assert.Equal(type, Use("Axis").IsMatch(code));

    [GeneratedRegex("""
        ^(?<indent>[ ]*)(?:(?:public|internal|private|protected|static|sealed|abstract|readonly|ref|partial|file)[ ])*
        (?:(?:class|record[ ]struct|record|struct|interface|enum)[ ](?<name>\w+) | delegate[ ].*[ ](?<name>\w+)(?:<[^()]*>)?\([^;]*\);)
        """, RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Declaration();
}
