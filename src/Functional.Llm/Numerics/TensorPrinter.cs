using System.Text;

namespace Functional.Llm;

/// <summary>Prints tensors as NumPy's <c>str(array)</c> does.</summary>
/// <remarks>
/// Rows are bracketed and aligned, matrices of higher ranks parted by blank lines, lines wrapped at 75 columns; above 1000 elements
/// an axis shows its first and last three. How numbers look is decided by those that are shown (<see cref="NumberFormat"/>).
/// </remarks>
sealed class TensorPrinter
{
    const int Threshold = 1000;
    const int Edge = 3;
    const int Width = 75;

    readonly Tensor tensor;
    readonly bool summarized;
    readonly NumberFormat format;

    TensorPrinter(Tensor tensor)
    {
        this.tensor = tensor;
        summarized = tensor.Size > Threshold;
        format = NumberFormat.For(Shown([]));
    }

    public static string Print(Tensor tensor) =>
        tensor.IsZero ? "0 (symbolic)"
        : tensor.Rank == 0 ? NumberFormat.Alone(tensor.Value)
        : tensor.Size == 0 ? "[]"
        : new TensorPrinter(tensor).Bracket([], " ", Width);

    /// <summary>The places of an axis that are shown, and -1 where others are left out.</summary>
    IEnumerable<int> Places(int axis) =>
        summarized && tensor.Shape.Sizes[axis] is var size and > 2 * Edge ? [.. Enumerable.Range(0, Edge), -1, .. Enumerable.Range(size - Edge, Edge)]
        : Enumerable.Range(0, tensor.Shape.Sizes[axis]);

    List<Real> Shown(ImmutableArray<int> index) =>
        index.Length == tensor.Rank ? [tensor.At(index.AsSpan())]
        : [.. Places(index.Length).Where(place => place >= 0).SelectMany(place => Shown(index.Add(place)))];

    /// <summary>What lies at an index that names the outer axes, in brackets; lines after the first begin with the indent.</summary>
    string Bracket(ImmutableArray<int> index, string indent, int width) =>
        $"[{(index.Length == tensor.Rank - 1 ? Row(index, indent, width) : Block(index, indent, width))}]";

    string Block(ImmutableArray<int> index, string indent, int width)
    {
        var gap = new string('\n', tensor.Rank - index.Length - 1) + indent;
        return string.Join(gap, Places(index.Length).Select(place => place < 0 ? "..." : Bracket(index.Add(place), indent + " ", width - 1)));
    }

    /// <summary>Words side by side, on a new line where one more and a bracket would not fit.</summary>
    string Row(ImmutableArray<int> index, string indent, int width)
    {
        var (text, column) = (new StringBuilder(), indent.Length);
        foreach (var place in Places(index.Length))
        {
            var word = place < 0 ? "..." : format.Text(tensor.At([.. index, place]));
            if (column > indent.Length && column + word.Length + 1 >= width)
            {
                while (text[^1] == ' ')
                    text.Length--;
                text.Append('\n').Append(indent);
                column = indent.Length;
            }
            else if (column > indent.Length)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        return text.ToString();
    }
}

/// <content>The printout.</content>
public readonly partial struct Tensor
{
    /// <summary>The elements as NumPy prints them, at most 8 digits after the point; <c>0 (symbolic)</c> for the default tensor.</summary>
    public override string ToString() => TensorPrinter.Print(this);
}
