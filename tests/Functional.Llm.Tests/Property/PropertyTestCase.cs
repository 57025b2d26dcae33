using System.ComponentModel;
using System.Reflection;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace FsCheck.Xunit;

/// <summary>One property as xunit runs it: xunit makes the class, times and reports, FsCheck draws, checks and shrinks.</summary>
/// <remarks>xunit's runners nest as case, test, invocation; each is replaced so far as to hand over to the next.</remarks>
public sealed class PropertyTestCase : XunitTestCase
{
    /// <summary>For xunit's deserializer alone.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("Called by the deserializer.")]
    public PropertyTestCase()
    {
    }

    /// <summary>The property that a method states.</summary>
    public PropertyTestCase(IMessageSink? messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    /// <inheritdoc/>
    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink, IMessageBus messageBus, object[] constructorArguments, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource) =>
        new CaseRunner(this, constructorArguments, messageBus, aggregator, cancellationTokenSource).RunAsync();

    /// <summary>FsCheck's defaults, then the assembly's, the enclosing classes' and the class's settings, then the method's own.</summary>
    static Config ConfigOf(MethodInfo method, Type testClass)
    {
        var classes = new Stack<Type>();
        for (var type = testClass; type is not null; type = type.DeclaringType)
            classes.Push(type);
        return ((PropertyAttribute?[])[
                testClass.Assembly.GetCustomAttribute<PropertiesAttribute>(),
                .. classes.Select(type => type.GetCustomAttribute<PropertiesAttribute>()),
                method.GetCustomAttribute<PropertyAttribute>()])
            .Aggregate(Config.Default, (config, attribute) => attribute?.Over(config) ?? config);
    }

    sealed class CaseRunner(PropertyTestCase property, object[] arguments, IMessageBus bus, ExceptionAggregator aggregator, CancellationTokenSource cancellation)
        : XunitTestCaseRunner(property, property.DisplayName, property.SkipReason, arguments, [], bus, aggregator, cancellation)
    {
        protected override XunitTestRunner CreateTestRunner(
            ITest test, IMessageBus messageBus, Type testClass, object[] constructorArguments, MethodInfo testMethod, object[] testMethodArguments, string skipReason,
            IReadOnlyList<BeforeAfterTestAttribute> beforeAfterAttributes, ExceptionAggregator aggregator, CancellationTokenSource cancellationTokenSource)
        {
            // xunit stands a factory where the class asks for its output, to be replaced for every test.
            var output = new TestOutputHelper();
            object[] replaced = [.. constructorArguments.Select(argument => argument is Func<TestOutputHelper> ? output : argument)];
            return new Runner(test, messageBus, testClass, replaced, testMethod, skipReason, beforeAfterAttributes, aggregator, cancellationTokenSource, output);
        }
    }

    sealed class Runner(
        ITest test, IMessageBus bus, Type testClass, object[] arguments, MethodInfo method, string skip,
        IReadOnlyList<BeforeAfterTestAttribute> beforeAfter, ExceptionAggregator aggregator, CancellationTokenSource cancellation, TestOutputHelper output)
        : XunitTestRunner(test, bus, testClass, arguments, method, [], skip, beforeAfter, aggregator, cancellation)
    {
        protected override async Task<Tuple<decimal, string>> InvokeTestAsync(ExceptionAggregator aggregator)
        {
            output.Initialize(MessageBus, Test);
            var seconds = await InvokeTestMethodAsync(aggregator);
            var text = output.Output;
            output.Uninitialize();
            return Tuple.Create(seconds, text);
        }

        protected override Task<decimal> InvokeTestMethodAsync(ExceptionAggregator aggregator) =>
            new Invoker(Test, MessageBus, TestClass, ConstructorArguments, TestMethod, BeforeAfterAttributes, aggregator, CancellationTokenSource, output).RunAsync();
    }

    /// <summary>Calls FsCheck with the method. xunit counts arguments before a call: it gets as many as it expects, and none is used.</summary>
    sealed class Invoker(
        ITest test, IMessageBus bus, Type testClass, object[] arguments, MethodInfo method,
        IReadOnlyList<BeforeAfterTestAttribute> beforeAfter, ExceptionAggregator aggregator, CancellationTokenSource cancellation, TestOutputHelper output)
        : XunitTestInvoker(test, bus, testClass, arguments, method, new object[method.GetParameters().Length], beforeAfter, aggregator, cancellation)
    {
        // FsCheck waits for a property's task: on a thread of xunit's scheduler that could wait for itself.
        protected override object CallTestMethod(object testClassInstance) => Task.Run(() =>
        {
            var config = ConfigOf(TestMethod, TestClass);
            var report = new Report(output, config.QuietOnSuccess);
            Check.Method(config.WithRunner(report), TestMethod, testClassInstance is null ? null : FSharpOption<object>.Some(testClassInstance));
        });
    }

    /// <summary>Writes what FsCheck tells to the test's output, and throws when the property does not hold.</summary>
    sealed class Report(TestOutputHelper output, bool quietOnSuccess) : IRunner
    {
        public void OnStartFixture(Type value)
        {
        }

        public void OnArguments(int value, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every) => Write(every.Invoke(value).Invoke(args));

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink) => Write(everyShrink.Invoke(args));

        public void OnFinished(string value, TestResult result)
        {
            if (result is TestResult.Failed failed)
            {
                var (first, last, size) = (failed.Item5, failed.Item6, failed.Item7);
                var counterexample = FsCheck.Runner.onFailureToString("", failed.Item1, failed.Item2, failed.Item3, first, last, size);
                throw new XunitException($"{counterexample}To see it again: [Property(Replay = \"({last.Seed},{last.Gamma},{size})\")]", (failed.Item4 as Outcome.Failed)?.Item);
            }

            var text = FsCheck.Runner.onFinishedToString("", result);
            if (result.IsExhausted)
                throw new XunitException(text);
            if (!quietOnSuccess)
                Write(text);
        }

        void Write(string text)
        {
            if (text.Length > 0)
                output.WriteLine(text.TrimEnd());
        }
    }
}
