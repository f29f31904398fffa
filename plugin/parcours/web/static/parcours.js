// What a page does better with a script, and without it does otherwise: copy a text, drop a file.
// Everything is said by attributes: data-copie="id of what is copied", data-depot="id of the text area".
"use strict";

const annoncer = (texte) => {
  document.getElementById("annonce").textContent = texte;
};

const copier = async (bouton) => {
  const source = document.getElementById(bouton.dataset.copie);
  const texte = "value" in source ? source.value : source.textContent;
  try {
    await navigator.clipboard.writeText(texte);
    annoncer(bouton.dataset.fait);
  } catch {
    // No clipboard here (an old web view, no permission): select it, the keyboard does the rest.
    const selection = window.getSelection();
    selection.selectAllChildren(source);
    if ("select" in source) source.select();
  }
};

const deposer = async (zone, fichier) => {
  const champ = document.getElementById(zone.dataset.depot);
  champ.value = await fichier.text();
  annoncer(zone.dataset.fait);
  champ.focus();
};

document.addEventListener("click", (evenement) => {
  const bouton = evenement.target.closest("[data-copie]");
  if (bouton) copier(bouton);
});

document.addEventListener("dragover", (evenement) => {
  if (evenement.target.closest("[data-depot]")) evenement.preventDefault();
});

document.addEventListener("drop", (evenement) => {
  const zone = evenement.target.closest("[data-depot]");
  const [fichier] = evenement.dataTransfer.files;
  if (!zone || !fichier) return;
  evenement.preventDefault();
  deposer(zone, fichier);
});

// Buttons that only a script makes useful are shown by the script.
for (const bouton of document.querySelectorAll("[data-copie][hidden]")) bouton.hidden = false;
document.addEventListener("htmx:afterSwap", (evenement) => {
  for (const bouton of evenement.target.querySelectorAll("[data-copie][hidden]")) bouton.hidden = false;
});
