using System.Collections.Immutable;
using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Expressions beside their values.</summary>
public sealed class PageTests
{
    static string Printed(Action<Page> write) => ScriptRun.Of("", o =>
    {
        write(new Page(o));
        return null;
    }).Out;

    [Fact]
    public void The_code_that_ran_stands_beside_its_value() =>
        Assert.Equal($"Sums\n  {"1 + 1",-66}  2\n  {"Tensor.Range(3).Sum() == Tensor.Scalar(3)",-66}  true\n", Printed(page =>
        {
            page.Section("Sums");
            Assert.Equal(2, page.Show(1 + 1));
            page.Show(Tensor.Range(3).Sum() == Tensor.Scalar(3));
        }));

    [Fact]
    public void A_value_of_several_lines_stands_below_its_code() =>
        Assert.Equal("  Tensor.Range(4).Reshape(2, 1, 2)\n      [[[0. 1.]]\n\n       [[2. 3.]]]\n", Printed(page => page.Show(Tensor.Range(4).Reshape(2, 1, 2))));

    [Fact]
    public void Tuples_shapes_and_strides_are_written_out() =>
        Assert.EndsWith("  ([3], [3], [1], 0.3333, false)\n", Printed(page =>
        {
            var x = Tensor.Range(3);
            page.Show((x.Shape, ImmutableArray.Create(3), x.Strides, 1 / 3.0, false));
        }), StringComparison.Ordinal);

    [Fact]
    public void A_refusal_shows_what_the_library_says()
    {
        var x = Tensor.Range(3);
        var printed = Printed(page => page.ShowRefused(() => x + Tensor.Range(2)));
        Assert.StartsWith("  x + Tensor.Range(2)\n      add: shapes do not broadcast", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_refused_is_a_defect_of_the_page() =>
        Assert.Contains("is not refused: it is [0. 2.]", ScriptRun.Of("", o =>
        {
            new Page(o).ShowRefused(() => Tensor.Range(2) + Tensor.Range(2));
            return null;
        }).Error, StringComparison.Ordinal);

    [Fact]
    public void The_lines_are_kept_with_their_section()
    {
        ImmutableArray<PageLine> lines = [];
        Printed(page =>
        {
            page.Section("One");
            page.Show(7);
            lines = page.Lines;
        });
        Assert.Equal(new PageLine("One", "7", "7"), Assert.Single(lines));
    }
}
