using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Functional.Llm;

/// <summary>The search for the first number that is not finite: while it is on, compositions look at what each of their layers returns.</summary>
/// <remarks>Off, it costs a composition the reading of two fields. It is on for one thread, on which layers call each other.</remarks>
static class Finite
{
    [ThreadStatic]
    static Search? search;

    /// <summary>What made the first number that is not finite: a parameter, the data, or in the order of computing a layer's output or gradient.</summary>
    /// <returns>Null where all are finite.</returns>
    public static Culprit? FirstNot<P>(Differentiable<P, Real> loss, P parameters)
    {
        var (outer, here) = (search, new Search());
        search = here;
        try
        {
            here.Look("", "the parameter", parameters);
            if ((here.Found ?? here.Low) is null)
            {
                var (value, gradient) = loss.ValueAndGradient(parameters);
                here.Look(Name(loss), "the loss", value);
                here.Look(Name(loss), "the gradient", gradient);
                if (here.Found is null && !double.IsFinite(Tree.Norm(gradient)))
                    return new("", "", "the squares of the gradient are too large for their sum");
            }

            return here.Found ?? here.Low;
        }
        finally
        {
            search = outer;
        }
    }

    /// <summary>f(θ, x), which may be a step further along the path to a layer.</summary>
    public static (Y Value, Pullback<Y, (P Parameters, X Input)> Pullback) Call<P, X, Y>(this Layer<P, X, Y> f, P p, X x, string step = "") =>
        search is null ? f(p, x) : search.Watch(f, p, x, step);

    /// <inheritdoc cref="Call{P, X, Y}(Layer{P, X, Y}, P, X, string)"/>
    public static (Y Value, Pullback<Y, X> Pullback) Call<X, Y>(this Differentiable<X, Y> f, X x, string step = "") =>
        search is null ? f(x) : search.Watch(f, x, step);

    /// <summary>What a layer is called where it is declared: the field that holds it, or else the method that makes it.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Where fields were trimmed away, the method's name is told.")]
    public static string Name(Delegate f)
    {
        var (method, type) = (f.Method, f.Method.DeclaringType?.DeclaringType);
        var field = type is null || type.ContainsGenericParameters ? null
            : type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).FirstOrDefault(field => f.Equals(field.GetValue(null)));
        // The compiler calls a lambda <Maker>b__1.
        var maker = method.Name.StartsWith('<') ? method.Name[1..method.Name.IndexOf('>', StringComparison.Ordinal)] : method.Name;
        return field?.Name ?? (maker.All(char.IsLetterOrDigit) ? maker : "a function");
    }

    sealed class Search
    {
        string path = "";

        public Culprit? Found { get; private set; }

        /// <summary>The first that holds −∞ alone: a mask may, so that it counts only if nothing worse follows.</summary>
        public Culprit? Low { get; private set; }

        public (Y, Pullback<Y, (P, X)>) Watch<P, X, Y>(Layer<P, X, Y> f, P p, X x, string step)
        {
            var (place, name) = (ShapeException.Joined(path, step), Name(f));
            Within(place, () => Look(name, "the input", x));
            var (y, pull) = Within(place, () => f(p, x));
            Within(place, () => Look(name, "the output", y));
            return (y, Pullbacks.Of<Y, P, X>(dy => Within(place, () =>
            {
                var (dp, dx) = pull(dy);
                return (LookAtParameters(dp), Look(name, "the gradient of the input", dx));
            }), dy => Within(place, () => LookAtParameters(pull.Parameters(dy))), isTidy: false));

            P LookAtParameters(P dp) => Look(name, "the gradient of the parameter", dp);
        }

        public (Y, Pullback<Y, X>) Watch<X, Y>(Differentiable<X, Y> f, X x, string step)
        {
            var (place, name) = (ShapeException.Joined(path, step), Name(f));
            var (y, pull) = Within(place, () => f(x));
            Within(place, () => Look(name, "the output", y));
            return (y, dy => Within(place, () => Look(name, "the gradient", pull(dy))));
        }

        /// <summary>The same value, after a look at each of its numbers.</summary>
        public T Look<T>(string operation, string what, T value)
        {
            if (Found is null && value is Real number && !Real.IsFinite(number))
                Found = new(path, operation, $"{what} is {number}");
            foreach (var leaf in Found is null && value is not (Real or null) ? Tree.Leaves(value) : [])
            {
                var numbers = leaf.Value.ToArray();
                var first = Array.FindIndex(numbers, e => !Real.IsFinite(e));
                if (first < 0 || Found is not null)
                    continue;
                var worst = Array.FindIndex(numbers, e => Real.IsNaN(e) || Real.IsPositiveInfinity(e));
                var (place, count) = (worst < 0 ? first : worst, numbers.Count(e => !Real.IsFinite(e)));
                var (tensor, index) = (leaf.Path.Length == 0 ? what : $"{what} {leaf.Path}", string.Join(", ", leaf.Value.Shape.IndexOf(place)));
                var culprit = new Culprit(operation.Length == 0 ? leaf.Path : path, operation, $"{tensor} is {numbers[place]} at [{index}]"
                    + $", as {(count == 1 ? "one number" : $"{count:N0} numbers")} of {numbers.Length:N0} {(count == 1 ? "is" : "are")} not finite");
                if (worst < 0)
                    Low ??= culprit;
                else
                    Found = culprit;
            }

            return value;
        }

        T Within<T>(string place, Func<T> work)
        {
            var outer = path;
            path = place;
            try
            {
                return work();
            }
            finally
            {
                path = outer;
            }
        }
    }
}

/// <summary>What made a number that is not finite.</summary>
/// <param name="Path">The way to the layer, as in <c>Blocks[3].Mlp.Up</c>; empty outside a model.</param>
/// <param name="Operation">The layer's name, as in <c>Linear</c>; empty for a parameter.</param>
/// <param name="Seen">What it made, as in <c>the output is NaN at [2, 7]</c>.</param>
readonly record struct Culprit(string Path, string Operation, string Seen);
