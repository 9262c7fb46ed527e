// Checks the answers of a quiz in the page. Without this file the answers are still there, each to be folded out.

prepareQuestions(document);

/** Makes the questions in a part of the page work. */
export function prepareQuestions(part) {
  for (const question of part.querySelectorAll("fieldset[data-answer]")) {
    prepare(question, Number(question.dataset.answer));
  }
}

/**
 * Gives a question a button that checks the chosen option.
 *
 * Choosing alone must not answer: with the arrow keys, every option on the way is chosen for a moment.
 */
function prepare(question, answer) {
  const options = [...question.querySelectorAll(".options li")];
  const verdict = question.querySelector(".verdict");
  const explanation = question.querySelector("details.answer");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Check my answer";
  button.disabled = true;
  button.className = "check";
  verdict.before(button);

  question.addEventListener("change", () => {
    button.disabled = false;
    verdict.textContent = "";
    question.classList.remove("answered");
  });

  button.addEventListener("click", () => {
    const chosen = options.findIndex((option) => option.querySelector("input").checked);
    if (chosen < 0) {
      return;
    }
    options.forEach((option, index) => {
      option.classList.toggle("right", index === answer);
      option.classList.toggle("wrong", index === chosen && chosen !== answer);
    });
    question.classList.add("answered");
    question.dataset.result = chosen === answer ? "right" : "wrong";
    verdict.textContent = chosen === answer ? "Right." : `Not quite. ${letter(answer)} is right.`;
    explanation.open = true;
    sumUp(question.closest(".quiz"));
  });
}

/** Says how many were right once every question of the quiz has been answered. */
function sumUp(quiz) {
  const questions = [...quiz.querySelectorAll("fieldset[data-answer]")];
  if (questions.length < 2 || questions.some((question) => !question.dataset.result)) {
    return;
  }
  const right = questions.filter((question) => question.dataset.result === "right").length;
  let sum = quiz.querySelector(".sum");
  if (!sum) {
    sum = document.createElement("p");
    sum.className = "sum";
    sum.setAttribute("role", "status");
    quiz.append(sum);
  }
  sum.textContent = `${right} of ${questions.length} right.`;
}

function letter(index) {
  return String.fromCharCode("A".charCodeAt(0) + index);
}
