namespace Functional.Llm;

/// <summary>The elementary functions as values, for the kernels that apply one to every number.</summary>
static class Functions
{
    public readonly struct Exp : IFunction
    {
        public L At<L>(L x)
            where L : struct, ILanes<L> => Elementary.Exp(x);
    }

    public readonly struct Log : IFunction
    {
        public L At<L>(L x)
            where L : struct, ILanes<L> => Elementary.Log(x);
    }

    public readonly struct Tanh : IFunction
    {
        public L At<L>(L x)
            where L : struct, ILanes<L> => Elementary.Tanh(x);
    }

    public readonly struct Sigmoid : IFunction
    {
        public L At<L>(L x)
            where L : struct, ILanes<L> => Elementary.Sigmoid(x);
    }

    public readonly struct Erf : IFunction
    {
        public L At<L>(L x)
            where L : struct, ILanes<L> => Elementary.Erf(x);
    }
}
