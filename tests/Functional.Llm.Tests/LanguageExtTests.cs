using System.Text.RegularExpressions;
using LanguageExt;
using Xunit;
using static LanguageExt.Prelude;

namespace Functional.Llm.Tests;

/// <summary>A trap of LanguageExt 3: its collections take collection expressions and stay empty, because their Add returns a new collection.</summary>
public sealed partial class LanguageExtTests
{
    [Fact]
    public void Collection_expressions_make_empty_sequences_and_constructors_do_not()
    {
        Seq<int> seq = [1, 2, 3];
        Lst<int> lst = [1, 2, 3];
        Arr<int> arr = [1, 2, 3];
        Set<int> set = [1, 2, 3];
        LanguageExt.HashSet<int> hashSet = [1, 2, 3];
        Assert.True(seq.IsEmpty && lst.IsEmpty && arr.IsEmpty && set.IsEmpty && hashSet.IsEmpty);
        Assert.Equal((3, 3, 3, 3, 3), (Seq(1, 2, 3).Count, List(1, 2, 3).Count, Array(1, 2, 3).Count, Set(1, 2, 3).Count, HashSet(1, 2, 3).Count));
    }

    [Fact]
    public void No_source_walks_into_it() =>
        Assert.Empty(CodeFile.Below("src", "tests", "scripts").Where(file => file.Name != "LanguageExtTests.cs").SelectMany(file => file.Find(Trap())));

    [Theory]
    [InlineData("Seq<int> s = [1, 2];", true), InlineData("Lst<(int A, string B)> s =\n    [];", true), InlineData("Arr<int> F(int x) => [x];", true)]
    [InlineData("Seq<int> S { get; init; } = [1];", true), InlineData("var s = (Seq<int>)[1];", true), InlineData("Arr<int> S => [1];", true)]
    [InlineData("LanguageExt.HashSet<int> s = [1];", true), InlineData("Set<int> s = [1];", true)]
    [InlineData("Seq<int> s = Seq(1, 2);", false), InlineData("ImmutableArray<int> s = [1];", false), InlineData("HashSet<int> s = [1];", false), InlineData("F(Seq<int> s, int[] t) { t = [1]; }", false)]
    public void The_search_knows_the_trap(string code, bool trap) => Assert.Equal(trap, Trap().IsMatch(new CodeFile("", code).Code));

    [GeneratedRegex(@"\b(?:Seq|Lst|Arr|Set|LanguageExt\.HashSet)<[^;={}]*?>(?:\)\s*|\s+\w+\s*(?:\([^;{}]*?\)\s*|\{[^}]*\}\s*)?=>?\s*)\[", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Trap();
}
