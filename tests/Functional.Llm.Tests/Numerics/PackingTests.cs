using Xunit;

namespace Functional.Llm.Tests;

/// <summary>Panels hold what the matrix does, zeros for lines that it lacks, and nothing beyond them is written.</summary>
public sealed unsafe class PackingTests
{
    /// <summary>Numbers that stand behind the panels.</summary>
    const int Behind = 40;

    [Fact]
    public void Panels_hold_the_lines_of_the_matrix() => Case.ForAll(400, c =>
    {
        var (lines, depth) = (c.Draw.Int(1, 70), c.Draw.Int(1, 60));
        var width = new[] { 1, 2, 4, 6, 8, 12, 16, 32 }[c.Draw.Int(0, 7)];
        var (line, step) = c.Draw.Int(0, 2) switch { 0 => (depth + c.Draw.Int(0, 3), 1), 1 => (1, lines + c.Draw.Int(0, 3)), _ => (2 * depth, 2) };
        c.Note($"{lines} lines {line} apart, {depth} deep, steps of {step}, panels of {width}");
        var matrix = Enumerable.Range(1, lines * line + depth * step).Select(i => (Real)i).ToArray();
        var panels = (lines + width - 1) / width;
        var packed = Enumerable.Repeat((Real)(-1), panels * width * depth + Behind).ToArray();
        fixed (Real* from = matrix, to = packed)
            Packing.Pack(from, line, step, lines, width, depth, to);

        var expected = from panel in Enumerable.Range(0, panels)
                       from k in Enumerable.Range(0, depth)
                       from l in Enumerable.Range(panel * width, width)
                       select l < lines ? matrix[l * line + k * step] : 0;
        Assert.Equal([.. expected, .. Enumerable.Repeat((Real)(-1), Behind)], packed);
    });
}
