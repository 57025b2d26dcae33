using LanguageExt;
using LanguageExt.Common;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Numbers as they should be, or the place of the first that is not.</summary>
public sealed class NumberTableTests
{
    static NumberTable Read(string text, MissingPolicy missing = MissingPolicy.Error) =>
        Table.FromText(text, "t.csv").Bind(table => table.Numbers(table.MeasuredColumns(), missing)).OrFail();

    static string Failure<R>(Either<Error, R> either) => either.Match(_ => throw new InvalidOperationException("no error"), error => error.Message);

    [Fact]
    public void A_number_that_does_not_fit_is_told_by_its_place_in_the_file()
    {
        var numbers = Read("a,b\n5,0\n6,?\n7,2\n", MissingPolicy.Drop);
        Assert.Equal("t.csv:4:3: '2' in column 'b'; expected 0 or 1; mend it", Failure(numbers.Where("b", v => v is 0 or 1, "0 or 1", "mend it")));
        Assert.Same(numbers, numbers.Where("a", v => v > 1, "", "").OrFail());
    }

    [Fact]
    public void A_constant_column_is_refused()
    {
        var numbers = Read("a,b\n5,7\n6,7\n");
        Assert.Equal("t.csv:3:3: '7' in column 'b'; expected two different numbers in 2 rows; choose other columns", Failure(numbers.WhereVary()));
        Assert.Equal("t.csv:2:1: '5' in column 'a'; expected two different numbers in 1 row; choose other columns", Failure(numbers.Take([0]).WhereVary("a")));
        Assert.Same(numbers, numbers.WhereVary("a").OrFail());
    }

    [Theory]
    [InlineData("1e39")]
    [InlineData("-1e30")]
    [InlineData("7e200")]
    public void A_number_whose_square_leaves_single_precision_is_refused(string number) => Assert.Equal(
        $"t.csv:3:3: '{number}' in column 'b'; expected a number of at most 1e18, for single precision; give the column in a larger unit",
        Failure(Read($"a,b\n5,1e18\n6,{number}\n").WhereSingle()));

    [Fact]
    public void Rows_are_taken_with_their_places_and_grouped_by_a_label()
    {
        var numbers = Table.FromText("a,k\n5,x\n6,y\n7,x\n", "t.csv").Bind(table => table.Numbers(["a"], labels: "k")).OrFail();
        Assert.Equal([7, 5], numbers.Take([2, 0]).Values.AsEnumerable());
        Assert.Equal([2, 0], numbers.Take([2, 0]).SourceRows.AsEnumerable());
        Assert.Equal(["x: 5 7", "y: 6"], numbers.GroupBy("k").Select(g => $"{g.Label}: {string.Join(' ', g.Rows.Values)}"));
    }

    [Theory]
    [InlineData("a,k\n7,x\n2,y\n", null, "y", "x")]
    [InlineData("a,k\n7,x\n2,y\n", "x", "x", "y")]
    [InlineData("a,k\n7,1\n2,0\n", null, "1", "0")]
    [InlineData("a,k\n7,x\n2,y\n3,z\n", "y", "y", "not y")]
    public void Two_classes_are_named(string text, string? asked, string positive, string negative) =>
        Assert.Equal(new TwoClasses(positive, negative), TwoClasses.Of(Read(text), "k", asked).OrFail());

    [Theory]
    [InlineData("a,k\n7,x\n2,y\n3,z\n", null, "t.csv:4:3: 'z' in column 'k'; expected only x or y; say which class to tell from all others with --positive x")]
    [InlineData("a,k\n7,x\n2,x\n", null, "t.csv:3:3: 'x' in column 'k'; expected two classes; choose another --target, or a table with both")]
    [InlineData("a,k\n7,x\n2,y\n", "z", "t.csv:2:3: 'x' in column 'k'; expected 'z' somewhere in the column; choose --positive from 'x', 'y'")]
    public void What_is_not_two_classes_is_refused(string text, string? asked, string message) => Assert.Equal(message, Failure(TwoClasses.Of(Read(text), "k", asked)));

    [Fact]
    public void A_variable_has_a_name_a_unit_and_two_moments()
    {
        var speed = new Variable("speed (mph)", [1, 3]);
        Assert.Equal(("speed", "mph", 2.0, 1.0), (speed.Name, speed.Unit, speed.Mean, speed.Deviation));
        Assert.Equal([-1, 1], speed.Standardized());
        Assert.Equal([0, 0], new Variable("x", [4, 4]).Standardized());
        Assert.All(["x", "x)", "(mph)"], header => Assert.Equal((header, ""), (new Variable(header, [1]).Name, new Variable(header, [1]).Unit)));
        Assert.Equal((0.94, 2.06), Variable.Range(1, 2));
        Assert.Equal((4, 6), Variable.Range(5));
    }
}
