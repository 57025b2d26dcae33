namespace Functional.Llm;

/// <summary>The plotting area: where data lie in the picture. Sideways, x runs along the left side and y along the bottom.</summary>
internal sealed record Frame(Box Plot, Scale Bottom, Scale Left, bool IsSideways = false)
{
    // Beyond this many frames away a place is drawn at this distance: renderers keep few digits, and it is cut off anyway.
    const double Farthest = 100;

    public Scale X => IsSideways ? Left : Bottom;

    public Scale Y => IsSideways ? Bottom : Left;

    public Point At(double x, double y)
    {
        var (along, up) = IsSideways ? (y, x) : (x, y);
        return new(
            Plot.Left + (Math.Clamp(Bottom.At(along), -Farthest, Farthest) * Plot.Width),
            Plot.Bottom - (Math.Clamp(Left.At(up), -Farthest, Farthest) * Plot.Height));
    }

    /// <summary>The rectangle between two places.</summary>
    public Box Between((double X, double Y) a, (double X, double Y) b)
    {
        var (p, q) = (At(a.X, a.Y), At(b.X, b.Y));
        return new(Math.Min(p.X, q.X), Math.Min(p.Y, q.Y), Math.Max(p.X, q.X), Math.Max(p.Y, q.Y));
    }
}
