using Xunit;

namespace Functional.Llm.Tests.Systems;

/// <summary>scripts/tensors.csx, run as a process.</summary>
public class TensorsScriptTests(SystemScripts scripts) : IClassFixture<SystemScripts>
{
    [Fact]
    public void Expressions_stand_beside_their_values()
    {
        var lines = scripts.Json("tensors").GetProperty("lines").EnumerateArray()
            .ToDictionary(line => line.GetProperty("expression").GetString()!, line => line.GetProperty("value").GetString());
        Assert.Equal("[12, 4, 1]", lines["x.Strides"]);
        Assert.Equal("([3, 1], [1, 3], true)", lines["(a.Strides, a.T.Strides, a.T.SharesArrayWith(a))"]);
        Assert.Equal("false", lines["a.T.Reshape(6).SharesArrayWith(a)"]);
        Assert.Equal("[[ 5. 11.]\n [14. 23.]]", lines["a.MatMul(b)"]);
        Assert.StartsWith("add: shapes do not broadcast", lines["a + row"], StringComparison.Ordinal);
        Assert.DoesNotContain("false", lines.Where(line => line.Key.Contains("IsClose", StringComparison.Ordinal) || line.Key.Contains("==", StringComparison.Ordinal)).Select(line => line.Value));
    }

    [Fact]
    public void A_batch_uses_each_number_more_often()
    {
        var costs = scripts.Json("tensors", "--batch", "64", "--width", "10").GetProperty("costs").EnumerateArray().ToArray();
        Assert.Equal([1, 4, 16, 64], costs.Select(c => c.GetProperty("rows").GetInt32()));
        Assert.Equal(64 * 10 * 40, costs[^1].GetProperty("operations").GetDouble());
        Assert.Equal(64 * 10 + 10 * 40 + 64 * 40, costs[^1].GetProperty("numbers").GetDouble());
    }

    [Fact]
    public void The_columns_of_a_table_are_correlated()
    {
        var file = scripts.Write("lines.csv", "a,b,c,name\n1,-2,1,p\n2,-4,0,q\n3,-6,1,r\n4,-8,0,s\n");
        var result = scripts.Json("tensors", "--data", file, "--features", "a,b,c");
        var correlations = result.GetProperty("correlations").EnumerateArray().Select(row => row.EnumerateArray().Select(c => c.GetDouble()).ToArray()).ToArray();
        Assert.Equal(-1, correlations[0][1], 1e-6);
        Assert.Equal(-1 / Math.Sqrt(5), correlations[0][2], 1e-6);
    }

    [Theory]
    [InlineData("a,b\n1,2\n2,x\n", ":3:3: 'x' in column 'b'")]
    [InlineData("a,b\n1,7\n2,7\n", ":3:3: '7' in column 'b'; expected two different numbers in 2 rows")]
    [InlineData("a,b\n1,7e200\n2,7\n", ":2:3: '7e200' in column 'b'; expected a number of at most 1e18")]
    [InlineData("a,b\n1,?\n2,7\n", ":2:3: the missing value '?'")]
    public void Numbers_that_do_not_correlate_are_refused_in_one_line(string table, string expected)
    {
        var wrong = scripts.Run("tensors", "--data", scripts.Write("wrong.csv", table));
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
        Assert.Contains(expected, wrong.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Error);
    }
}
