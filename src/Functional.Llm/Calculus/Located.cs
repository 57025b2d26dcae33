using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace Functional.Llm;

/// <summary>Layers that read a part of a larger parameter record.</summary>
public static class Located
{
    const string Reflective = "The field's record is taken apart by reflection; in a trimmed or ahead-of-time compiled program use At(get, inject).";

    /// <summary>The layer on a field of a larger record: θ ↦ f(θ.Field, x). Fields of fields are reached by a path, <c>θ => θ.Mlp.Up</c>.</summary>
    /// <remarks>The gradient is the larger record with only that field set. A <see cref="ShapeException"/> passing by gets the path prefixed.</remarks>
    /// <exception cref="FunctionalLlmException">The expression is not a path of record fields.</exception>
    [RequiresUnreferencedCode(Reflective), RequiresDynamicCode(Reflective)]
    public static Layer<Q, X, Y> At<P, Q, X, Y>(this Layer<P, X, Y> layer, Expression<Func<Q, P>> field) => layer.At(Field.Of(field));

    /// <summary>The layer on a part that <paramref name="get"/> reads; <paramref name="inject"/> makes the whole's gradient of the part's.</summary>
    public static Layer<Q, X, Y> At<P, Q, X, Y>(this Layer<P, X, Y> layer, Func<Q, P> get, Func<P, Q> inject, string name = "") =>
        layer.At(new Field<Q, P>(name, get, inject));

    /// <summary>The layer on the part of a larger record that a field names.</summary>
    public static Layer<Q, X, Y> At<P, Q, X, Y>(this Layer<P, X, Y> layer, Field<Q, P> field) => (q, x) =>
    {
        var (y, pull) = At(field.Name, layer, field.Get(q), x);
        return (y, Pullbacks.Of<Y, Q, X>(Pull, dy => Inject(pull.Parameters(dy)), pull.IsTidy()));

        (Q, X) Pull(Y dy)
        {
            var (dp, dx) = pull(dy);
            return (Inject(dp), dx);
        }

        Q Inject(P dp) => Tree.IsZero(dp) ? default! : field.Inject(dp);
    };

    /// <summary>The function on a field of a larger record, as for a layer.</summary>
    /// <exception cref="FunctionalLlmException">The expression is not a path of record fields.</exception>
    [RequiresUnreferencedCode(Reflective), RequiresDynamicCode(Reflective)]
    public static Differentiable<Q, Y> At<P, Q, Y>(this Differentiable<P, Y> function, Expression<Func<Q, P>> field) => function.At(Field.Of(field));

    /// <summary>The function on the part of a larger record that a field names.</summary>
    public static Differentiable<Q, Y> At<P, Q, Y>(this Differentiable<P, Y> function, Field<Q, P> field) => q =>
    {
        try
        {
            var (y, pull) = function.Call(field.Get(q), field.Name);
            return (y, Pullbacks.Tidy<Y, Q>(dy => pull(dy) is var dp && Tree.IsZero(dp) ? default! : field.Inject(dp), pull.IsTidy()));
        }
        catch (ShapeException e)
        {
            throw e.Within(field.Name);
        }
    };

    /// <summary>f(θ, x), where a shape that does not fit is told with the step that leads to the layer.</summary>
    internal static (Y, Pullback<Y, (P, X)>) At<P, X, Y>(string step, Layer<P, X, Y> layer, P parameters, X input)
    {
        try
        {
            return layer.Call(parameters, input, step);
        }
        catch (ShapeException e) when (step.Length > 0)
        {
            throw e.Within(step);
        }
    }
}
